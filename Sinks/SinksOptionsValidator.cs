using Microsoft.Extensions.Options;

namespace Pipeline.Sinks;

/// <summary>Checks <see cref="SinksOptions"/> and reports every error, beginning with the path of its setting.</summary>
internal sealed class SinksOptionsValidator : IValidateOptions<SinksOptions>
{
    public ValidateOptionsResult Validate(string? name, SinksOptions options)
    {
        var errors = new List<string>();
        foreach (var (setting, text) in new[] { ("Group", options.Group), ("EdgeGroup", options.EdgeGroup), ("InstanceId", options.InstanceId) })
            Require(text.Length > 0, $"{setting}: must not be empty.");
        Require(options.Group != options.EdgeGroup, $"EdgeGroup: '{options.EdgeGroup}' is the group of the kept traces as well.");
        RequireTime("SessionTimeout", options.SessionTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30));
        RequireNumber("BatchSpans", options.BatchSpans, 1, 1_000_000);
        RequireNumber("BatchBytes", options.BatchBytes, 1 << 10, 256 << 20);
        RequireTime("BatchInterval", options.BatchInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        RequireTime("RetryFirst", options.RetryFirst, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        RequireTime("RetryMax", options.RetryMax, options.RetryFirst, TimeSpan.FromMinutes(10));
        RequireTime("RetentionInterval", options.RetentionInterval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));
        RequireTime("EdgeStepInterval", options.EdgeStepInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        RequireTime("DependencyInterval", options.DependencyInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        RequireNumber("MaxSeriesPerPartition", options.MaxSeriesPerPartition, 100, 10_000_000);
        RequireTime("LinkWait", options.LinkWait, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        RequireNumber("MaxWaitingLinksPerPartition", options.MaxWaitingLinksPerPartition, 100, 10_000_000);
        RequireNumber("DependencyEpoch", options.DependencyEpoch, 0, 300_000_000);
        RequireTime("HandOverTimeout", options.HandOverTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;

        void Require(bool condition, string error)
        {
            if (!condition)
                errors.Add("Sinks:" + error);
        }

        void RequireNumber(string setting, long value, long min, long max) => Require(value >= min && value <= max, $"{setting}: {value} is not between {min} and {max}.");

        void RequireTime(string setting, TimeSpan value, TimeSpan min, TimeSpan max) => Require(value >= min && value <= max, $"{setting}: {value} is not between {min} and {max}.");
    }
}
