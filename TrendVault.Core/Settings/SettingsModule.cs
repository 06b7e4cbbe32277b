using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Settings;

/// <summary>
/// Binds an options class to the flat settings of the environment: each property names its setting with
/// <see cref="ConfigurationKeyNameAttribute"/>, and whatever is wrong is told in one sentence that names it.
/// </summary>
internal static class SettingsModule
{
    /// <summary>Registers <typeparamref name="T"/>, bound and validated when the app starts.</summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, IConfiguration configuration)
        where T : class, new()
    {
        services.AddOptions<T>().ValidateOnStart();
        services.AddSingleton<IOptionsFactory<T>>(new Factory<T>(configuration));
        return services;
    }

    /// <summary>Reads <typeparamref name="T"/> at once, for what must be known before the container is built.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; each failure is one sentence.</exception>
    public static T ReadSettings<T>(this IConfiguration configuration) where T : class, new()
    {
        var options = new T();
        var failures = new List<string>();
        foreach (var property in typeof(T).GetProperties())
            Bind(options, property, configuration, failures);

        if (failures.Count == 0)
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
            failures.AddRange(results.Select(result => result.ErrorMessage!));
        }

        return failures.Count == 0 ? options : throw new OptionsValidationException(typeof(T).Name, typeof(T), failures);
    }

    private static void Bind(object options, PropertyInfo property, IConfiguration configuration, List<string> failures)
    {
        var name = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name;
        if (name is null || configuration[name] is not { } text || string.IsNullOrWhiteSpace(text))
            return;

        if (TryConvert(text.Trim(), property.PropertyType, out var value))
            property.SetValue(options, value);
        else
            failures.Add($"{name} must be {Expectation(property.PropertyType)}, but it is \"{text}\".");
    }

    private static bool TryConvert(string text, Type type, out object? value)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        value = null;
        if (target == typeof(string))
            value = text;
        else if (target == typeof(string[]))
            value = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        else if (target == typeof(int) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            value = number;
        else if (target == typeof(long) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var big))
            value = big;
        else if (target == typeof(bool) && bool.TryParse(text, out var flag))
            value = flag;
        else if (target == typeof(TimeSpan) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 && seconds < 1e9)
            value = TimeSpan.FromSeconds(seconds);
        else if (target == typeof(Uri) && Uri.TryCreate(text, UriKind.Absolute, out var uri))
            value = uri;
        else if (target.IsEnum && Enum.TryParse(target, text, ignoreCase: true, out var member) && Enum.IsDefined(target, member) && !char.IsDigit(text[0]))
            value = member;
        return value is not null;
    }

    private static string Expectation(Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        return target switch
        {
            _ when target == typeof(bool) => "true or false",
            _ when target == typeof(TimeSpan) => "a number of seconds",
            _ when target == typeof(Uri) => "a whole address such as https://example.org/",
            _ when target.IsEnum => "one of " + string.Join(", ", Enum.GetNames(target).Select(member => member.ToLowerInvariant())),
            _ => "a whole number",
        };
    }

    private sealed class Factory<T>(IConfiguration configuration) : IOptionsFactory<T> where T : class, new()
    {
        public T Create(string name) => configuration.ReadSettings<T>();
    }
}
