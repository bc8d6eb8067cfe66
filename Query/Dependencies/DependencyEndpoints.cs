using Pipeline.Query.Search;
using Pipeline.Query.Serve;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Dependencies;

/// <summary>Which services call which.</summary>
internal sealed class DependencyEndpoints(ITraceReader store, EndpointRunner runner, TimeProvider time)
{
    private const long DayMilliseconds = 24 * 3600 * 1000;
    private const long MaxLookbackMilliseconds = 3650 * DayMilliseconds;

    public void Map(IEndpointRouteBuilder endpoints) => runner.MapGet(endpoints, "/api/dependencies", "dependencies", GetDependenciesAsync);

    private async Task GetDependenciesAsync(HttpContext context, CancellationToken cancellation)
    {
        var parameters = new RequestParameters(context.Request.Query);
        var end = parameters.Milliseconds("endTs") ?? time.GetUtcNow();
        var lookback = TimeSpan.FromMilliseconds(parameters.Number("lookback", DayMilliseconds, 0, MaxLookbackMilliseconds));
        if (parameters.Error is { } error)
        {
            await JsonAnswer.FailAsync(context, new ApiError(StatusCodes.Status400BadRequest, error));
            return;
        }

        var start = end - DateTimeOffset.UnixEpoch > lookback ? end - lookback : DateTimeOffset.UnixEpoch;
        var dependencies = await store.GetDependenciesAsync(start, end, cancellation);
        await AnswerAsync(context, Sum(dependencies, parameters.Text("service")), cancellation);
    }

    private static SortedDictionary<(string Parent, string Child), long> Sum(IReadOnlyList<Dependency> dependencies, string service)
    {
        var sums = new SortedDictionary<(string Parent, string Child), long>(
            Comparer<(string Parent, string Child)>.Create(static (a, b) => string.CompareOrdinal(a.Parent, b.Parent) is var order and not 0 ? order : string.CompareOrdinal(a.Child, b.Child)));
        foreach (var (parent, child, count) in dependencies)
            if (service.Length == 0 || service == parent || service == child)
                sums[(parent, child)] = sums.GetValueOrDefault((parent, child)) + count;
        return sums;
    }

    private static async Task AnswerAsync(HttpContext context, SortedDictionary<(string Parent, string Child), long> dependencies, CancellationToken cancellation)
    {
        await using var answer = JsonAnswer.Begin(context);
        answer.Json.WriteStartArray();
        foreach (var ((parent, child), count) in dependencies)
        {
            answer.Json.WriteStartObject();
            answer.Json.WriteString("parent", parent);
            answer.Json.WriteString("child", child);
            answer.Json.WriteNumber("callCount", count);
            answer.Json.WriteEndObject();
        }

        answer.Json.WriteEndArray();
        await answer.EndAsync(0, [], cancellation);
    }
}
