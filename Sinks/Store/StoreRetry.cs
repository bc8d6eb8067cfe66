using Microsoft.Extensions.Options;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Storage;
using Pipeline.Sinks.Diagnostics;
using Polly;
using Polly.Retry;

namespace Pipeline.Sinks.Store;

/// <summary>
/// Calls the store until it answers: waits grow exponentially, with jitter, up to a bound; a store that names a time is given it, within that bound. Nothing is ever
/// dropped for a store that is away: whoever feeds this stops reading instead.
/// </summary>
internal sealed class StoreRetry
{
    public const string Stage = "store";

    private readonly SinkEvents _events;
    private readonly StageHealth _health;
    private readonly TimeSpan _maxDelay;
    private readonly ResiliencePipeline _pipeline;
    private int _failedInARow;

    public StoreRetry(IOptions<SinksOptions> options, SinkEvents events, StageHealth health, TimeProvider time)
    {
        (_events, _health, _maxDelay) = (events, health, options.Value.RetryMax);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<StoreUnavailableException>(),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.Value.RetryFirst,
            MaxDelay = _maxDelay,
            DelayGenerator = arguments => ValueTask.FromResult(AskedDelay(arguments.Outcome.Exception)),
            OnRetry = OnRetry,
        }).Build();
    }

    /// <summary>Returns the answer; throws only what is not <see cref="StoreUnavailableException"/>, cancellation included.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        var answer = await _pipeline.ExecuteAsync(async token => await call(token), cancellation);
        if (Interlocked.Exchange(ref _failedInARow, 0) is var failed and > 0)
            _events.StoreRecovered(failed + 1);
        _health.ReportReady(Stage);
        return answer;
    }

    private TimeSpan? AskedDelay(Exception? exception) =>
        exception is StoreUnavailableException { RetryAfter: { } asked } ? (asked < _maxDelay ? asked : _maxDelay) : null;

    private ValueTask OnRetry(OnRetryArguments<object> arguments)
    {
        Interlocked.Increment(ref _failedInARow);
        var why = arguments.Outcome.Exception!.Message;
        _events.StoreUnavailable(arguments.AttemptNumber + 1, arguments.RetryDelay, why);
        _health.ReportWaiting(Stage, why);
        return ValueTask.CompletedTask;
    }
}
