using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrendVault.Web.Sandbox;

/// <summary>How the platforms write JSON.</summary>
internal static class SandboxJson
{
    /// <summary>As Google does: what is unknown is absent, never null.</summary>
    public static JsonSerializerOptions Lean { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>As Apify does: nulls are written.</summary>
    public static JsonSerializerOptions Full { get; } = new(Lean) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    public static IResult Ok(object value) => Results.Json(value, Lean);
}
