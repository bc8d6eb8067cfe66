using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Pipeline.Query;

/// <summary>Checks <see cref="QueryOptions"/> and reports every error, beginning with the path of its setting.</summary>
internal sealed partial class QueryOptionsValidator : IValidateOptions<QueryOptions>
{
    public ValidateOptionsResult Validate(string? name, QueryOptions options)
    {
        var errors = new List<string>();
        Require(IPAddress.TryParse(options.Address, out _), $"Address: '{options.Address}' is not an IP address.");
        Require(options.Port is >= 0 and <= 65535, $"Port: {options.Port} is not between 0 and 65535.");
        Require(options.PathPrefix.Length == 0 || SafePath().IsMatch(options.PathPrefix),
            $"BasePath: '{options.BasePath}' is not a path such as /tracing (letters, digits, '-', '_', '.', '~' between slashes).");
        RequireDuration("StoreTimeout", options.StoreTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        RequireDuration("MaxClockSkewAdjustment", options.MaxClockSkewAdjustment, TimeSpan.Zero, TimeSpan.FromDays(1));
        RequireDuration("MaxTraceDuration", options.MaxTraceDuration, TimeSpan.Zero, TimeSpan.FromDays(30));
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;

        void Require(bool condition, string error)
        {
            if (!condition)
                errors.Add("Query:" + error);
        }

        void RequireDuration(string setting, TimeSpan value, TimeSpan min, TimeSpan max) =>
            Require(value >= min && value <= max, $"{setting}: {value} is not between {min} and {max}.");
    }

    [GeneratedRegex(@"\A(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\z")]
    private static partial Regex SafePath();
}
