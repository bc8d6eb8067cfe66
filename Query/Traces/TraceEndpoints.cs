using Microsoft.Extensions.Options;
using Pipeline.Query.Diagnostics;
using Pipeline.Query.Search;
using Pipeline.Query.Serve;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Traces;

/// <summary>One trace by its id. <c>decision=true</c>, which is ours, adds why the trace was kept.</summary>
internal sealed class TraceEndpoints(ITraceReader store, EndpointRunner runner, TraceAdjuster adjuster, QueryMetrics metrics, IOptions<QueryOptions> options)
{
    public const string NotFound = "trace not found";

    private readonly TimeSpan _padding = options.Value.MaxTraceDuration;

    public void Map(IEndpointRouteBuilder endpoints) => runner.MapGet(endpoints, "/api/traces/{traceId}", "get_trace", GetTraceAsync);

    private async Task GetTraceAsync(HttpContext context, CancellationToken cancellation)
    {
        var parameters = new RequestParameters(context.Request.Query);
        var text = RawPath.DecodedSegment(context, fromEnd: 0);
        if (!TraceIdText.TryParse(text, out var traceId))
            parameters.FailToParse("traceID", $"'{text}' is not a trace id (1 to 32 hex digits, not all zero)");
        var (start, end) = (parameters.MicrosecondsOrMilliseconds("start"), parameters.MicrosecondsOrMilliseconds("end"));
        var (isRaw, withDecision) = (parameters.Flag("raw"), parameters.Flag("decision"));
        if (start > end)
            parameters.Fail("'end' must not be before 'start'");
        if (parameters.Error is { } error)
            await JsonAnswer.FailAsync(context, new ApiError(StatusCodes.Status400BadRequest, error));
        else if (await store.GetTraceAsync(traceId, Earlier(start), Later(end), cancellation) is not { } trace)
            await JsonAnswer.FailAsync(context, new ApiError(StatusCodes.Status404NotFound, NotFound));
        else
            await AnswerAsync(context, adjuster.Shape(trace, isRaw), withDecision, cancellation);
    }

    private async Task AnswerAsync(HttpContext context, ShownTrace trace, bool withDecision, CancellationToken cancellation)
    {
        metrics.SpansServed.Inc(trace.Spans.Count);
        await using var answer = JsonAnswer.Begin(context);
        answer.Json.WriteStartArray();
        await JaegerTraceWriter.WriteAsync(answer, trace, withDecision, cancellation);
        answer.Json.WriteEndArray();
        await answer.EndAsync(0, [], cancellation);
    }

    private DateTimeOffset? Earlier(DateTimeOffset? moment) => moment - DateTimeOffset.MinValue > _padding ? moment - _padding : null;

    private DateTimeOffset? Later(DateTimeOffset? moment) => DateTimeOffset.MaxValue - moment > _padding ? moment + _padding : null;
}
