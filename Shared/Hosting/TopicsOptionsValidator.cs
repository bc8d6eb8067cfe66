using Microsoft.Extensions.Options;

namespace Pipeline.Shared.Hosting;

/// <summary>Checks <see cref="TopicsOptions"/>.</summary>
internal sealed class TopicsOptionsValidator : IValidateOptions<TopicsOptions>
{
    public ValidateOptionsResult Validate(string? name, TopicsOptions options)
    {
        var errors = new List<string>();
        if (options.PartitionCount is < 1 or > 4096)
            errors.Add($"Topics:PartitionCount: {options.PartitionCount} is not between 1 and 4096.");
        if (options.LateHorizon < TimeSpan.FromSeconds(1) || options.LateHorizon > TimeSpan.FromHours(24))
            errors.Add($"Topics:LateHorizon: {options.LateHorizon} is not between 1 s and 24 h.");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
