using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Checks <see cref="ElasticsearchOptions"/>.</summary>
internal sealed class ElasticsearchOptionsValidator : IValidateOptions<ElasticsearchOptions>
{
    private const string Section = "Elasticsearch:";

    public ValidateOptionsResult Validate(string? name, ElasticsearchOptions options)
    {
        var errors = new List<string>();
        CheckNodes(options, errors);
        CheckCredentials(options, errors);
        CheckNames(options, errors);
        CheckCounts(options, errors);
        CheckTimes(options, errors);
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static void CheckNodes(ElasticsearchOptions options, List<string> errors)
    {
        for (var i = 0; i < options.Nodes.Count; i++)
            if (!Uri.TryCreate(options.Nodes[i], UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                errors.Add($"{Section}Nodes:{i}: '{options.Nodes[i]}' is not an http or https URL.");
    }

    private static void CheckCredentials(ElasticsearchOptions options, List<string> errors)
    {
        var ways = new[] { options.UserName, options.ApiKey, options.BearerToken }.Count(v => !string.IsNullOrEmpty(v));
        if (ways > 1)
            errors.Add($"{Section}UserName, ApiKey, BearerToken: only one way to authenticate may be given.");
        if (string.IsNullOrEmpty(options.UserName) != string.IsNullOrEmpty(options.Password))
            errors.Add($"{Section}UserName, Password: one is given without the other.");
        if (options.CaFile is { } file)
            CheckCaFile(file, errors);
    }

    private static void CheckCaFile(string file, List<string> errors)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            if (certificates.Count == 0)
                errors.Add($"{Section}CaFile: '{file}' holds no certificate in PEM form.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            errors.Add($"{Section}CaFile: '{file}' cannot be read: {e.Message}");
        }
    }

    private static void CheckNames(ElasticsearchOptions options, List<string> errors)
    {
        var prefix = options.IndexPrefix;
        if (prefix.Length > 100 || !prefix.All(c => IsLetterOrDigit(c) || c is '-' or '_' or '.') || (prefix.Length > 0 && !IsLetterOrDigit(prefix[0])))
            errors.Add($"{Section}IndexPrefix: '{prefix}' is not a lower-case letter or digit followed by up to 99 of these, '-', '_' and '.'.");
        if (!IndexNames.IsLayout(options.DateLayout))
            errors.Add($"{Section}DateLayout: '{options.DateLayout}' is not yyyy, MM, dd and perhaps HH in this order, with one of '-', '.', '_' in between.");
    }

    private static bool IsLetterOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static void CheckCounts(ElasticsearchOptions options, List<string> errors)
    {
        Check(errors, nameof(options.ShardCount), options.ShardCount, 1, 1024);
        Check(errors, nameof(options.ReplicaCount), options.ReplicaCount, 0, 10);
        Check(errors, nameof(options.TagKeyLimit), options.TagKeyLimit, 10, 1900);
        Check(errors, nameof(options.BulkBytes), options.BulkBytes, 64 << 10, 90 << 20);
        Check(errors, nameof(options.AttemptCount), options.AttemptCount, 1, 20);
        Check(errors, nameof(options.MaxDocCount), options.MaxDocCount, 10, 10_000);
        if (options.SearchableResourceAttributes.Count > 100)
            errors.Add($"{Section}SearchableResourceAttributes: {options.SearchableResourceAttributes.Count} are more than 100.");
    }

    private static void CheckTimes(ElasticsearchOptions options, List<string> errors)
    {
        var shortest = TimeSpan.FromMilliseconds(100);
        Check(errors, nameof(options.RefreshInterval), options.RefreshInterval, shortest, TimeSpan.FromMinutes(5));
        Check(errors, nameof(options.MaxSpanAge), options.MaxSpanAge, TimeSpan.FromHours(1), TimeSpan.FromDays(3650));
        Check(errors, nameof(options.RetryDelay), options.RetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Check(errors, nameof(options.RequestTimeout), options.RequestTimeout, shortest, TimeSpan.FromMinutes(10));
        Check(errors, nameof(options.ConnectTimeout), options.ConnectTimeout, shortest, TimeSpan.FromMinutes(1));
        Check(errors, nameof(options.NodeEjectionTime), options.NodeEjectionTime, TimeSpan.Zero, TimeSpan.FromMinutes(10));
    }

    private static void Check<T>(List<string> errors, string setting, T value, T min, T max) where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            errors.Add($"{Section}{setting}: {value} is not between {min} and {max}.");
    }
}
