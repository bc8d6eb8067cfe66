using System.Net;
using Microsoft.Extensions.Options;

namespace Pipeline.Shared.Hosting;

/// <summary>Checks <see cref="AdminOptions"/>.</summary>
internal sealed class AdminOptionsValidator : IValidateOptions<AdminOptions>
{
    public ValidateOptionsResult Validate(string? name, AdminOptions options)
    {
        var errors = new List<string>();
        if (!IPAddress.TryParse(options.Address, out _))
            errors.Add($"Admin:Address: '{options.Address}' is not an IP address.");
        if (options.Port is < 0 or > 65535)
            errors.Add($"Admin:Port: {options.Port} is not between 0 and 65535.");
        if (options.DrainTimeout < TimeSpan.FromSeconds(1) || options.DrainTimeout > TimeSpan.FromMinutes(10))
            errors.Add($"Admin:DrainTimeout: {options.DrainTimeout} is not between 1 s and 10 min.");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
