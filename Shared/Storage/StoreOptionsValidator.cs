using Microsoft.Extensions.Options;

namespace Pipeline.Shared.Storage;

/// <summary>Checks <see cref="StoreOptions"/>.</summary>
internal sealed class StoreOptionsValidator : IValidateOptions<StoreOptions>
{
    public ValidateOptionsResult Validate(string? name, StoreOptions options) => Enum.IsDefined(options.Kind)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Store:Kind: {options.Kind} is neither {StoreKind.Sqlite} nor {StoreKind.Elasticsearch}.");
}
