using Microsoft.Extensions.Options;

namespace Pipeline.Aggregator;

/// <summary>Checks <see cref="AggregatorOptions"/> and reports every error, beginning with the path of its setting.</summary>
internal sealed class AggregatorOptionsValidator : IValidateOptions<AggregatorOptions>
{
    public ValidateOptionsResult Validate(string? name, AggregatorOptions options)
    {
        var errors = new List<string>();
        Require(options.Group.Length > 0, "Group: must not be empty.");
        Require(options.InstanceId.Length > 0, "InstanceId: must not be empty.");
        RequireDuration("SessionTimeout", options.SessionTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30));
        RequireDuration("DecisionWait", options.DecisionWait, TimeSpan.Zero, TimeSpan.FromHours(1));
        RequireDuration("DecisionWaitAfterRoot", options.DecisionWaitAfterRoot, TimeSpan.Zero, TimeSpan.FromHours(1));
        RequireDuration("StepInterval", options.StepInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10));
        RequireNumber("StepBytes", options.StepBytes, 64 << 10, 256 << 20);
        RequireNumber("MaxSpansPerTrace", options.MaxSpansPerTrace, 1, int.MaxValue);
        RequireNumber("MaxBytesPerTrace", options.MaxBytesPerTrace, 1 << 10, 1 << 30);
        RequireNumber("MemoryBytes", options.MemoryBytes, 1 << 20, 1L << 45);
        RequireNumber("MaxRememberedDecisions", options.MaxRememberedDecisions, 1_000, int.MaxValue);
        for (var i = 0; i < options.Rules.Count; i++)
            ValidateRule(options, i);
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;

        void Require(bool condition, string error)
        {
            if (!condition)
                errors.Add("Aggregator:" + error);
        }

        void RequireDuration(string setting, TimeSpan value, TimeSpan min, TimeSpan max) =>
            Require(value >= min && value <= max, $"{setting}: {value} is not between {min} and {max}.");

        void RequireNumber(string setting, long value, long min, long max) =>
            Require(value >= min && value <= max, $"{setting}: {value} is not between {min} and {max}.");

        void ValidateRule(AggregatorOptions all, int index)
        {
            var rule = all.Rules[index];
            var path = $"Rules:{index}:";
            Require(rule.Name.Length > 0, path + "Name: must not be empty.");
            Require(all.Rules.Take(index).All(r => r.Name != rule.Name), $"{path}Name: '{rule.Name}' is the name of an earlier rule.");
            Require(rule.Type is not null, path + "Type: must be one of Always, Error, Latency, Probability.");
            Require(rule.Type != RuleType.Latency || rule.Threshold > TimeSpan.Zero, path + "Threshold: a latency rule needs a duration greater than 0.");
            Require(rule.Type == RuleType.Latency || rule.Threshold is null, path + "Threshold: only a latency rule has one.");
            Require(rule.Type != RuleType.Probability || rule.Probability is > 0 and <= 1, path + "Probability: must be greater than 0 and at most 1.");
            Require(rule.Type == RuleType.Probability || rule.Probability is null, path + "Probability: only a probability rule has one.");
        }
    }
}
