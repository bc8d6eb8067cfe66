using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Messaging;

namespace Pipeline.Shared.Hosting;

/// <summary>
/// Verifies the topics before any stage starts, and names each difference: a missing topic or a wrong partition count stops the process, anything else is a warning. While the
/// log does not answer it waits, and says so.
/// </summary>
internal sealed partial class TopicGuard(IRecordLog log, IOptions<TopicsOptions> options, StageHealth health, ILogger<TopicGuard> logger, TimeProvider time) : IHostedService
{
    private const string Stage = "topics";
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var differences = await AskUntilAnsweredAsync(cancellationToken);
        foreach (var difference in differences.Where(d => !d.IsFatal))
            LogDifference(difference.Description);
        var fatal = differences.Where(d => d.IsFatal).Select(d => d.Description).ToList();
        if (fatal.Count > 0)
            throw new ConfigurationException(fatal);
        health.ReportReady(Stage);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<IReadOnlyList<TopicDifference>> AskUntilAnsweredAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await TopicVerification.FindDifferencesAsync(log, options.Value, cancellation);
            }
            catch (LogUnavailableException exception)
            {
                health.ReportWaiting(Stage, exception.Message);
                LogWaiting(exception.Message);
                await Task.Delay(RetryInterval, time, cancellation);
            }
        }
    }

    [LoggerMessage(5010, LogLevel.Warning, "{Difference}")]
    private partial void LogDifference(string difference);

    [LoggerMessage(5011, LogLevel.Warning, "The topics cannot be verified yet, trying again: {Why}")]
    private partial void LogWaiting(string why);
}
