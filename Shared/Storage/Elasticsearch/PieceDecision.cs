using System.Text.Json;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Why a piece of a trace was kept.</summary>
internal sealed record PieceDecision(string Rule, string Reason, ulong? Threshold, bool IsLate, long DecidedAtMs)
{
    public static PieceDecision Read(JsonElement source) => new(
        source.GetProperty("rule").GetString() ?? "",
        source.GetProperty("reason").GetString() ?? "",
        source.TryGetProperty("threshold", out var threshold) ? threshold.GetUInt64() : null,
        source.GetProperty("isLate").GetBoolean(),
        source.GetProperty("decidedAtMillis").GetInt64());

    /// <summary>True when this one says more about the trace than the other.</summary>
    public bool IsBefore(PieceDecision other) => IsLate != other.IsLate ? !IsLate : DecidedAtMs < other.DecidedAtMs;
}
