namespace Pipeline.Shared.Messaging;

/// <summary>Is told what became of a record. One observer may stand for many records, so appending needs no object per record.</summary>
public interface IAppendObserver
{
    /// <summary>
    /// Called exactly once for each record that <see cref="IRecordProducer.Append"/> took in hand, on a thread of the log's: MUST return at once and MUST NOT throw.
    /// </summary>
    void OnAppended(in AppendResult result);
}
