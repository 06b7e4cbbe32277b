using TrendVault.Core.Uploads;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>A piece of what was published, and where the next begins; null at the end.</summary>
internal sealed record PublishedList(IReadOnlyList<PublishedVideo> Rows, string? NextUrl);
