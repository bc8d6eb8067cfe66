using Microsoft.Extensions.Options;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Checks <see cref="SqliteOptions"/>.</summary>
internal sealed class SqliteOptionsValidator : IValidateOptions<SqliteOptions>
{
    private const long MinRetentionBytes = 16 << 20;

    public ValidateOptionsResult Validate(string? name, SqliteOptions options)
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Path))
            errors.Add("Sqlite:Path: names no file.");
        if (options.RetentionAge < TimeSpan.FromMinutes(1) || options.RetentionAge > TimeSpan.FromDays(3650))
            errors.Add($"Sqlite:RetentionAge: {options.RetentionAge} is not between 1 min and 3650 days.");
        if (options.RetentionBytes != 0 && options.RetentionBytes < MinRetentionBytes)
            errors.Add($"Sqlite:RetentionBytes: {options.RetentionBytes} is neither 0 (no limit) nor at least {MinRetentionBytes}.");
        if (options.DeleteBatchCount is < 1 or > 100_000)
            errors.Add($"Sqlite:DeleteBatchCount: {options.DeleteBatchCount} is not between 1 and 100000.");
        if (options.BusyTimeout < TimeSpan.FromSeconds(1) || options.BusyTimeout > TimeSpan.FromMinutes(5))
            errors.Add($"Sqlite:BusyTimeout: {options.BusyTimeout} is not between 1 s and 5 min.");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
