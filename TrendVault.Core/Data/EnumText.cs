using System.Collections.Frozen;
using System.Data;
using Dapper;

namespace TrendVault.Core.Data;

/// <summary>Beside an enum whose words stand in a column: whoever owns it says so, and Dapper is taught them at the start.</summary>
/// <param name="handler">A <see cref="SqlMapper.TypeHandler{T}"/> where the words are not those of <see cref="EnumText{T}"/>.</param>
[AttributeUsage(AttributeTargets.Enum)]
internal sealed class StoredAsTextAttribute(Type? handler = null) : Attribute
{
    public Type? Handler => handler;
}

/// <summary>
/// How an enum is written outside C#: in a text column, in JSON and in a URL, always the same word.
/// Statuses are lower case with underscores, platforms upper case.
/// </summary>
internal static class EnumText<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> ToText =
        Enum.GetValues<T>().ToFrozenDictionary(value => value, Spell);

    private static readonly FrozenDictionary<string, T> FromText =
        ToText.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The word for a value.</summary>
    public static string Of(T value) => ToText[value];

    /// <summary>The value for a word in any case; false for a word that is not one of them.</summary>
    public static bool TryParse(string? text, out T value)
    {
        value = default;
        return text is not null && FromText.TryGetValue(text, out value);
    }

    private static string Spell(T value)
    {
        var name = value.ToString();
        return typeof(T) == typeof(Platform)
            ? name.ToUpperInvariant()
            : string.Concat(name.Select((letter, i) =>
                char.IsUpper(letter) && i > 0 ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
    }

    /// <summary>Without a handler Dapper sends an enum as its number, and a text column would store "1".</summary>
    internal sealed class Handler : SqlMapper.TypeHandler<T>
    {
        public override T Parse(object value) =>
            TryParse(value as string, out var parsed)
                ? parsed
                : throw new DataException($"\"{value}\" is not a {typeof(T).Name}.");

        public override void SetValue(IDbDataParameter parameter, T value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = Of(value);
        }
    }
}
