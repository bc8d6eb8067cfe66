using Pipeline.Shared.Messaging;

namespace Pipeline.Shared.Hosting;

/// <summary>Compares the topics that are there with those that the pipeline needs, and names every difference.</summary>
public static class TopicVerification
{
    private static readonly string[] Compared = ["cleanup.policy", "message.timestamp.type"];

    /// <summary>All differences, worst first. Throws <see cref="LogUnavailableException"/>.</summary>
    public static async Task<IReadOnlyList<TopicDifference>> FindDifferencesAsync(IRecordLog log, TopicsOptions options, CancellationToken cancellation)
    {
        var wanted = Topics.All(options.PartitionCount, options.LateHorizon);
        var found = (await log.DescribeTopicsAsync([.. wanted.Select(t => t.Name)], cancellation)).ToDictionary(t => t.Name);
        return [.. wanted.SelectMany(w => Compare(w, found[w.Name])).OrderByDescending(d => d.IsFatal)];
    }

    private static IEnumerable<TopicDifference> Compare(TopicDescription wanted, TopicDescription found)
    {
        if (found.PartitionCount == 0)
        {
            yield return new($"Topic {wanted.Name} does not exist: create it with {wanted.PartitionCount} partitions (the subcommand `topics` does).", true);
            yield break;
        }

        if (found.PartitionCount != wanted.PartitionCount)
            yield return new($"Topic {wanted.Name} has {found.PartitionCount} partitions, {wanted.PartitionCount} are configured: set Topics:PartitionCount to what is there. "
                + "A topic that grew while traces were open splits them.", true);
        foreach (var name in Compared.Where(wanted.Settings.ContainsKey))
        {
            var actual = found.Settings.GetValueOrDefault(name, "not known");
            if (actual != wanted.Settings[name])
                yield return new($"Topic {wanted.Name} has {name} = {actual}, it should be {wanted.Settings[name]}.", false);
        }

        if (Retention(wanted) is { } needed && Retention(found) is { } kept && kept >= 0 && kept < needed)
            yield return new($"Topic {wanted.Name} keeps records for {kept} ms (retention.ms), it should be at least {needed}.", false);
    }

    private static long? Retention(TopicDescription topic) =>
        topic.Settings.TryGetValue("retention.ms", out var text) && long.TryParse(text, out var value) ? value : null;
}
