using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Pipeline.Shared.Hosting;

/// <summary>
/// Compares the configuration with the options that it will be bound to, and names every setting that no option knows and every value of a wrong type. The binder
/// itself would ignore the former and stop at the first of the latter.
/// </summary>
internal static class SettingsCheck
{
    // Sections that belong to the framework.
    private static readonly string[] Foreign = ["Logging"];

    public static IReadOnlyList<SettingError> FindErrors(IConfiguration configuration, IReadOnlyList<SettingsSection> sections)
    {
        var errors = new List<SettingError>();
        foreach (var child in configuration.GetChildren())
            CheckBelow(child, sections, errors);
        return errors;
    }

    private static void CheckBelow(IConfigurationSection section, IReadOnlyList<SettingsSection> sections, List<SettingError> errors)
    {
        if (Foreign.Contains(section.Path, StringComparer.OrdinalIgnoreCase))
            return;
        var exact = sections.Where(s => s.Path.Equals(section.Path, StringComparison.OrdinalIgnoreCase)).ToList();
        var deeper = sections.Where(s => s.Path.StartsWith(section.Path + ":", StringComparison.OrdinalIgnoreCase)).ToList();
        if (exact.Count == 0 && deeper.Count == 0)
            errors.Add(new(section.Path, "there is no such setting."));
        else if (section.Value is { Length: > 0 })
            errors.Add(new(section.Path, $"a section is expected here, not the value '{section.Value}'."));
        else
            foreach (var child in section.GetChildren())
                CheckChild(child, exact, deeper, errors);
    }

    private static void CheckChild(IConfigurationSection child, List<SettingsSection> exact, List<SettingsSection> deeper, List<SettingError> errors)
    {
        var property = exact.Select(s => FindProperty(s.Type, child.Key)).FirstOrDefault(p => p is not null);
        if (property is not null)
            CheckValue(child, property.PropertyType, errors);
        else
            CheckBelow(child, deeper, errors);
    }

    private static void CheckValue(IConfigurationSection section, Type type, List<SettingError> errors)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsLeaf(type))
            CheckLeaf(section, type, errors);
        else if (ItemType(type) is { } item)
            foreach (var child in section.GetChildren())
                CheckValue(child, item, errors);
        else
            CheckObject(section, type, errors);
    }

    private static void CheckObject(IConfigurationSection section, Type type, List<SettingError> errors)
    {
        if (section.Value is { Length: > 0 })
            errors.Add(new(section.Path, $"a section is expected here, not the value '{section.Value}'."));
        foreach (var child in section.GetChildren())
        {
            if (FindProperty(type, child.Key) is { } property)
                CheckValue(child, property.PropertyType, errors);
            else
                errors.Add(new(child.Path, "there is no such setting."));
        }
    }

    private static void CheckLeaf(IConfigurationSection section, Type type, List<SettingError> errors)
    {
        if (section.GetChildren().Any())
            errors.Add(new(section.Path, $"a {Describe(type)} is expected here, not a section."));
        else if (section.Value is { Length: > 0 } value && !CanConvert(value, type))
            errors.Add(new(section.Path, $"'{value}' is not a {Describe(type)}."));
    }

    private static bool CanConvert(string value, Type type)
    {
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromString(null, CultureInfo.InvariantCulture, value);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static bool IsLeaf(Type type) => type == typeof(string) || type.IsPrimitive || type.IsEnum || type == typeof(TimeSpan) || type == typeof(Uri) || type == typeof(decimal);

    private static string Describe(Type type) => type switch
    {
        _ when type == typeof(bool) => "truth value (true or false)",
        _ when type == typeof(TimeSpan) => "duration (such as 00:00:10)",
        _ when type.IsEnum => "value of " + string.Join(", ", Enum.GetNames(type)),
        _ when type == typeof(double) || type == typeof(decimal) || type == typeof(float) => "number",
        _ when type.IsPrimitive => "whole number within its range",
        _ => "text",
    };

    private static Type? ItemType(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (!typeof(IEnumerable).IsAssignableFrom(type) || !type.IsGenericType)
            return null;
        return type.GetGenericArguments()[^1];
    }

    private static PropertyInfo? FindProperty(Type type, string name) =>
        type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) is { CanWrite: true } property ? property
            : type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) is { } readOnly && !IsLeaf(readOnly.PropertyType) ? readOnly : null;
}
