using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pipeline.Shared.Hosting;

/// <summary>Registers options so that a bad configuration is refused at the start, with all errors at once.</summary>
public static class OptionsRegistration
{
    /// <summary>
    /// Binds options to a section of the configuration and validates them at the start. Unknown settings and values of the wrong type are errors. Validators are
    /// registered by the stage as <see cref="IValidateOptions{TOptions}"/> and report every error, beginning with the setting's path.
    /// </summary>
    public static IServiceCollection AddPipelineOptions<TOptions>(this IServiceCollection services, string section) where TOptions : class
    {
        if (services.Any(s => s.ImplementationInstance is SettingsSection known && known.Type == typeof(TOptions)))
            return services;
        services.AddSingleton(new SettingsSection(section, typeof(TOptions)));
        services.AddOptionsWithValidateOnStart<TOptions>().BindConfiguration(section);
        return services;
    }

    /// <summary>As above, with the validator.</summary>
    public static IServiceCollection AddPipelineOptions<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddPipelineOptions<TOptions>(section);
        if (!services.Any(s => s.ImplementationType == typeof(TValidator)))
            services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
        return services;
    }

    /// <summary>
    /// Names every setting that no option knows and every value of a wrong type, and takes them out of the configuration, so that the rest can be validated as well.
    /// </summary>
    internal static IReadOnlyList<string> TakeOutWrongSettings(this IServiceCollection services, IConfiguration configuration)
    {
        var sections = services.Select(s => s.ImplementationInstance).OfType<SettingsSection>().ToList();
        var errors = SettingsCheck.FindErrors(configuration, sections);
        foreach (var error in errors)
            configuration[error.Path] = null;
        return [.. errors.Select(e => e.ToString())];
    }
}
