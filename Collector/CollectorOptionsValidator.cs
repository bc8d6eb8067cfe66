using System.Net;
using Microsoft.Extensions.Options;

namespace Pipeline.Collector;

/// <summary>Checks <see cref="CollectorOptions"/> and reports every error, beginning with the path of its setting.</summary>
internal sealed class CollectorOptionsValidator : IValidateOptions<CollectorOptions>
{
    public ValidateOptionsResult Validate(string? name, CollectorOptions options)
    {
        var errors = new List<string>();
        Require(IPAddress.TryParse(options.Address, out _), $"Address: '{options.Address}' is not an IP address.");
        RequireRange("GrpcPort", options.GrpcPort, 1, 65535);
        RequireRange("HttpPort", options.HttpPort, 1, 65535);
        Require(options.GrpcPort != options.HttpPort, $"HttpPort: {options.HttpPort} is the gRPC port as well.");
        RequireRange("MaxRequestBytes", options.MaxRequestBytes, 1 << 10, 256 << 20);
        RequireRange("MaxDecompressedBytes", options.MaxDecompressedBytes, 1 << 10, 1 << 30);
        RequireRange("MaxSpansPerRequest", options.MaxSpansPerRequest, 1, int.MaxValue);
        RequireRange("MaxInFlightBytes", options.MaxInFlightBytes, 1 << 20, 16L << 30);
        RequireRange("MaxAttributes", options.MaxAttributes, 1, int.MaxValue);
        RequireRange("MaxAttributeKeyBytes", options.MaxAttributeKeyBytes, 1, int.MaxValue);
        RequireRange("MaxAttributeValueBytes", options.MaxAttributeValueBytes, 1, int.MaxValue);
        RequireRange("MaxAttributeDepth", options.MaxAttributeDepth, 1, 100);
        RequireRange("MaxRecordBytes", options.MaxRecordBytes, 1 << 10, 900_000);
        RequireTime("MinLinger", options.MinLinger, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        RequireTime("MaxLinger", options.MaxLinger, options.MinLinger, TimeSpan.FromSeconds(1));
        RequireTime("RetryAfter", options.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        RequireTime("PublishTimeout", options.PublishTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;

        void Require(bool condition, string error)
        {
            if (!condition)
                errors.Add("Collector:" + error);
        }

        void RequireRange(string setting, long value, long min, long max) => Require(value >= min && value <= max, $"{setting}: {value} is not between {min} and {max}.");

        void RequireTime(string setting, TimeSpan value, TimeSpan min, TimeSpan max) => Require(value >= min && value <= max, $"{setting}: {value} is not between {min} and {max}.");
    }
}
