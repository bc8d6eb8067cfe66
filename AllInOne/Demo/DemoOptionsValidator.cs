using Microsoft.Extensions.Options;

namespace Pipeline.AllInOne.Demo;

/// <summary>Checks <see cref="DemoOptions"/>.</summary>
internal sealed class DemoOptionsValidator : IValidateOptions<DemoOptions>
{
    public ValidateOptionsResult Validate(string? name, DemoOptions options) => options.VisitsPerSecond is > 0 and <= 1000
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Demo:VisitsPerSecond: {options.VisitsPerSecond} is not greater than 0 and at most 1000.");
}
