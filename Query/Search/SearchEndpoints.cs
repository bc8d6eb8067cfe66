using Pipeline.Query.Diagnostics;
using Pipeline.Query.Serve;
using Pipeline.Query.Traces;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Search;

/// <summary>What there is to look for, and looking for it: services, operations, traces, and traces in one line each.</summary>
internal sealed class SearchEndpoints(ITraceReader store, EndpointRunner runner, TraceAdjuster adjuster, QueryMetrics metrics, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        runner.MapGet(endpoints, "/api/services", "services", GetServicesAsync);
        runner.MapGet(endpoints, "/api/services/{service}/operations", "service_operations", GetServiceOperationsAsync);
        runner.MapGet(endpoints, "/api/operations", "operations", GetOperationsAsync);
        runner.MapGet(endpoints, "/api/traces", "find_traces", FindTracesAsync);
        runner.MapGet(endpoints, "/api/summaries", "find_summaries", FindSummariesAsync);
    }

    private async Task GetServicesAsync(HttpContext context, CancellationToken cancellation)
    {
        var services = await store.GetServicesAsync(cancellation);
        await AnswerNamesAsync(context, services, cancellation);
    }

    private async Task GetServiceOperationsAsync(HttpContext context, CancellationToken cancellation)
    {
        var operations = await store.GetOperationsAsync(ServiceOf(context), kind: null, cancellation);
        await AnswerNamesAsync(context, [.. operations.Select(o => o.Name).Distinct()], cancellation);
    }

    private async Task GetOperationsAsync(HttpContext context, CancellationToken cancellation)
    {
        var parameters = new RequestParameters(context.Request.Query);
        var (service, kind) = (parameters.RequiredText("service"), parameters.Kind("spanKind"));
        if (await FailsAsync(context, parameters))
            return;
        var operations = await store.GetOperationsAsync(service, kind, cancellation);
        await using var answer = JsonAnswer.Begin(context);
        answer.Json.WriteStartArray();
        foreach (var operation in operations)
        {
            answer.Json.WriteStartObject();
            answer.Json.WriteString("name", operation.Name);
            answer.Json.WriteString("spanKind", JaegerTag.NameOf(operation.Kind) ?? "");
            answer.Json.WriteEndObject();
        }

        answer.Json.WriteEndArray();
        await answer.EndAsync(operations.Count, [], cancellation);
    }

    private async Task FindTracesAsync(HttpContext context, CancellationToken cancellation)
    {
        var parameters = new RequestParameters(context.Request.Query);
        var search = TraceQueryParser.Parse(parameters, time.GetUtcNow(), isServiceRequired: true);
        if (await FailsAsync(context, parameters))
            return;
        var errors = new List<ApiError>();
        var traces = search.TraceIds.Count > 0 ? await GetTracesAsync(search.TraceIds, errors, cancellation) : await store.FindTracesAsync(search.Query, cancellation);
        await using var answer = JsonAnswer.Begin(context);
        answer.Json.WriteStartArray();
        foreach (var trace in traces)
        {
            metrics.SpansServed.Inc(trace.Spans.Count);
            await JaegerTraceWriter.WriteAsync(answer, adjuster.Shape(trace, search.IsRaw), withDecision: false, cancellation);
        }

        answer.Json.WriteEndArray();
        await answer.EndAsync(0, errors, cancellation);
    }

    private async Task<IReadOnlyList<Trace>> GetTracesAsync(IReadOnlyList<TraceId> traceIds, List<ApiError> errors, CancellationToken cancellation)
    {
        var traces = new List<Trace>();
        foreach (var traceId in traceIds)
        {
            if (await store.GetTraceAsync(traceId, null, null, cancellation) is { } trace)
                traces.Add(trace);
            else
                errors.Add(new ApiError(StatusCodes.Status404NotFound, TraceEndpoints.NotFound, traceId));
        }

        return traces;
    }

    private async Task FindSummariesAsync(HttpContext context, CancellationToken cancellation)
    {
        var parameters = new RequestParameters(context.Request.Query);
        var search = TraceQueryParser.Parse(parameters, time.GetUtcNow(), isServiceRequired: false);
        if (search.TraceIds.Count > 0)
            parameters.Fail("parameter 'traceID' is not known here; /api/traces has it");
        if (await FailsAsync(context, parameters))
            return;
        var summaries = await store.FindSummariesAsync(search.Query, cancellation);
        await using var answer = JsonAnswer.Begin(context);
        answer.Json.WriteStartArray();
        foreach (var summary in summaries)
        {
            SummaryWriter.Write(answer.Json, summary);
            await answer.FlushSomeAsync(cancellation);
        }

        answer.Json.WriteEndArray();
        await answer.EndAsync(summaries.Count, [], cancellation);
    }

    private static async Task AnswerNamesAsync(HttpContext context, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        await using var answer = JsonAnswer.Begin(context);
        answer.Json.WriteStartArray();
        foreach (var name in names)
            answer.Json.WriteStringValue(name);
        answer.Json.WriteEndArray();
        await answer.EndAsync(names.Count, [], cancellation);
    }

    private static async Task<bool> FailsAsync(HttpContext context, RequestParameters parameters)
    {
        if (parameters.Error is null)
            return false;
        await JsonAnswer.FailAsync(context, new ApiError(StatusCodes.Status400BadRequest, parameters.Error));
        return true;
    }

    private static string ServiceOf(HttpContext context) => RawPath.DecodedSegment(context, fromEnd: 1);
}
