using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>A month of what is scheduled and what was published.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class CalendarModel(UploadStore store, TimeProvider time) : PageModel
{
    private const string MonthFormat = "yyyy-MM";

    /// <summary>Whose clocks say what a day is: those that the user schedules by.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Its first day.</summary>
    public DateOnly Month { get; private set; }

    /// <summary>The days that have something, in their order.</summary>
    public IReadOnlyList<IGrouping<DateOnly, CalendarEntry>> Days { get; private set; } = [];

    /// <summary>Such as "December 2026".</summary>
    public string Name => Month.ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>A word that is no month shows this one: an old link still shows a calendar.</summary>
    public async Task<IActionResult> OnGetAsync(string? month, CancellationToken cancellationToken)
    {
        Zone = ZoneCookie.Read(Request) ?? TimeZoneInfo.Utc;
        var now = LocalOf(time.GetUtcNow());
        Month = DateOnly.TryParseExact(month, MonthFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked) && asked.Year is >= 2000 and < 2200
            ? asked
            : new DateOnly(now.Year, now.Month, 1);
        var entries = await store.CalendarAsync(User.Id(), StartOf(Month), StartOf(Month.AddMonths(1)), cancellationToken);
        Days = [.. entries.GroupBy(entry => DateOnly.FromDateTime(LocalOf(entry.At)))];
        return Page();
    }

    /// <summary>What the clocks show then.</summary>
    public DateTime LocalOf(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).DateTime;

    public static string UrlOf(DateOnly month) => "/uploads/calendar?month=" + month.ToString(MonthFormat, CultureInfo.InvariantCulture);

    /// <summary>What there is to say of an upload beside its time; null where the time says it.</summary>
    public (string Word, string Kind)? StandingOf(CalendarEntry entry) => entry.Status switch
    {
        WorkStatus.Failed => ("Failed", "bad"),
        WorkStatus.Cancelled => ("Cancelled", ""),
        WorkStatus.Completed => entry.Visibility?.StandingAt(time.GetUtcNow()) switch
        {
            VisibilityStanding.Scheduled => ("Scheduled", "accent"),
            VisibilityStanding.Unread => ("Not looked yet", ""),
            VisibilityStanding.StillPrivate => ("Still private", "bad"),
            VisibilityStanding.Different => ("Not as asked", "bad"),
            VisibilityStanding.AsAsked when entry.PublishAt is not null => ("Public", "good"),
            _ => null,
        },
        _ => ("Not uploaded yet", ""),
    };

    // Where the clocks go forward at midnight the day begins at one.
    private DateTimeOffset StartOf(DateOnly day) =>
        ZonedTime.At(day.ToDateTime(TimeOnly.MinValue), Zone) ?? ZonedTime.At(day.ToDateTime(new TimeOnly(1, 0)), Zone)!.Value;
}
