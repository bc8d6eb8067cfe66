namespace Pipeline.Shared.Storage;

/// <summary>What became of a batch.</summary>
/// <param name="StoredSpanCount">Spans that the store holds now and did not hold before.</param>
/// <param name="RepeatedSpanCount">Spans that it held already.</param>
/// <param name="Refused">Spans that it refuses for good.</param>
public sealed record WriteReport(int StoredSpanCount, int RepeatedSpanCount, IReadOnlyList<RefusedSpan> Refused);
