using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Messaging;

namespace Pipeline.Shared.Hosting;

/// <summary>Creates the topics of a log that lives in this process.</summary>
internal sealed class TopicCreation(IRecordLog log, IOptions<TopicsOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        log.CreateTopicsAsync(Topics.All(options.Value.PartitionCount, options.Value.LateHorizon), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
