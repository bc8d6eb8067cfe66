using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Search;

/// <summary>What a search asks for: certain traces by their ids, or those that match a query.</summary>
/// <param name="TraceIds">The ids; empty for a search by <paramref name="Query"/>.</param>
/// <param name="Query">What to find.</param>
/// <param name="IsRaw">True to show the spans as they are stored.</param>
internal sealed record TraceSearch(IReadOnlyList<TraceId> TraceIds, TraceQuery Query, bool IsRaw);
