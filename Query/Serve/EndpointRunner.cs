using System.Globalization;
using Microsoft.Extensions.Options;
using Pipeline.Query.Diagnostics;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Serve;

/// <summary>Runs an endpoint of the API: holds the store to its time, turns failures into answers, counts and times every request.</summary>
internal sealed class EndpointRunner(QueryMetrics metrics, QueryEvents events, IOptions<QueryOptions> options, TimeProvider time)
{
    private const int ClientLeft = 499;

    private readonly TimeSpan _timeout = options.Value.StoreTimeout;

    /// <summary>Maps an endpoint under a name that stands in metrics and logs.</summary>
    public void MapGet(IEndpointRouteBuilder endpoints, string pattern, string name, Func<HttpContext, CancellationToken, Task> handle) =>
        endpoints.MapGet(pattern, (RequestDelegate)(context => RunAsync(context, name, handle)));

    private async Task RunAsync(HttpContext context, string name, Func<HttpContext, CancellationToken, Task> handle)
    {
        var begin = time.GetTimestamp();
        context.Response.Headers.CacheControl = "no-store";
        var failure = await TryAsync(context, name, handle);
        var status = failure?.Code ?? context.Response.StatusCode;
        if (failure is { } error && !context.RequestAborted.IsCancellationRequested)
            await AnswerAsync(context, error);
        metrics.CountRequest(name, status, time.GetElapsedTime(begin));
    }

    private async Task<ApiError?> TryAsync(HttpContext context, string name, Func<HttpContext, CancellationToken, Task> handle)
    {
        using var timeout = new CancellationTokenSource(_timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, timeout.Token);
        try
        {
            await handle(context, either.Token);
            return null;
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            return new ApiError(ClientLeft, "the client left");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            events.StoreTimedOut(name, _timeout);
            return new ApiError(StatusCodes.Status504GatewayTimeout, string.Create(CultureInfo.InvariantCulture,
                $"the store did not answer within {_timeout.TotalSeconds} s; ask for less: a shorter time range, a smaller limit"));
        }
        catch (StoreUnavailableException exception)
        {
            events.StoreUnavailable(name, exception.Message);
            AskForPatience(context, exception.RetryAfter);
            return new ApiError(StatusCodes.Status503ServiceUnavailable, "the store is not available now, try again later: " + exception.Message);
        }
        catch (Exception exception)
        {
            events.RequestFailed(name, exception);
            return new ApiError(StatusCodes.Status500InternalServerError, "internal error; the log of the query process says more");
        }
    }

    private static async Task AnswerAsync(HttpContext context, ApiError error)
    {
        // Half an answer is out already: end the connection, so that nobody takes it for a whole one.
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Headers.Remove("Content-Encoding");
        await JsonAnswer.FailAsync(context, error);
    }

    private static void AskForPatience(HttpContext context, TimeSpan? retryAfter)
    {
        if (!context.Response.HasStarted)
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling((retryAfter ?? TimeSpan.FromSeconds(1)).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }
}
