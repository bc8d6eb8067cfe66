namespace Pipeline.TestKit.Messaging;

/// <summary>Requests of the Kafka protocol, by their API keys.</summary>
public enum MockRequest : short
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    OffsetCommit = 8,
    OffsetFetch = 9,
    Heartbeat = 12,
    InitProducerId = 22,
    AddOffsetsToTxn = 25,
    EndTxn = 26,
    TxnOffsetCommit = 28,
}
