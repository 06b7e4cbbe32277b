using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace TrendVault.Web;

/// <summary>What the forms ask of the model state.</summary>
internal static class ModelStateExtensions
{
    /// <summary>The value of <c>aria-invalid</c> for a field; null leaves the attribute out.</summary>
    public static string? AriaInvalid(this ModelStateDictionary state, string field) =>
        state.TryGetValue(field, out var entry) && entry.Errors.Count > 0 ? "true" : null;

    /// <summary>What is wrong with a field, or null.</summary>
    public static string? ErrorsOf(this ModelStateDictionary state, string field) =>
        state.TryGetValue(field, out var entry) && entry.Errors.Count > 0 ? string.Join(' ', entry.Errors.Select(error => error.ErrorMessage)) : null;

    /// <summary>What is wrong with the form as a whole, or null.</summary>
    public static string? SummaryOf(this ModelStateDictionary state) => state.ErrorsOf("");
}
