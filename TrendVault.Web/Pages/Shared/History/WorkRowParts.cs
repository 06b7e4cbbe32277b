using TrendVault.Core.Work;

namespace TrendVault.Web.Pages.Shared;

/// <summary>What the rows of all lists of work have in common.</summary>
internal static class WorkRowParts
{
    /// <summary>Of its element, the same for the page, its fragments and the pushes.</summary>
    public static string ElementId(this WorkRow row) => $"{row.Kind}-{row.Id}";

    /// <summary>Of its list.</summary>
    public static string ListPath(this WorkRow row) => $"/{row.Kind}s";

    /// <summary>As styles and chips call it.</summary>
    public static string State(this WorkRow row) => WorkChip.All.First(chip => chip.Status == row.Status).Word;

    public static string PhaseLabel(this WorkRow row) => row.Phase switch
    {
        WorkPhase.Video => "Video",
        WorkPhase.Audio => "Audio",
        WorkPhase.Merge => "Merging",
        WorkPhase.Store => "Storing",
        WorkPhase.Send => "Sending",
        WorkPhase.Confirm => "Confirming",
        _ => "Starting",
    };
}

/// <summary>How a row begins: the box to tick it, and its picture.</summary>
/// <param name="Picture">Its address; null where there is none.</param>
internal sealed record WorkRowHead(WorkRow Row, string? Picture);

/// <summary>What an order to a row is called, and its handler.</summary>
/// <param name="Class">Of the button.</param>
internal sealed record WorkRowOrder(WorkRow Row, string Handler, string Label, string Class = "button");

/// <summary>The chips above a list.</summary>
internal sealed record WorkChips(WorkQuery Query, WorkCounts Counts);

/// <summary>The search beside them.</summary>
/// <param name="Label">What is looked through.</param>
internal sealed record WorkSearch(WorkQuery Query, string Label);
