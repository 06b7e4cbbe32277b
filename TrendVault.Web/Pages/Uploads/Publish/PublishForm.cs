using System.Globalization;
using System.Text.Json;
using TrendVault.Core;
using TrendVault.Core.Channels;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Uploads;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>The fields of the form as they were typed: what a draft keeps. What is worked out from them is internal, and so neither bound nor kept.</summary>
internal sealed class PublishForm
{
    public Guid[] ChannelIds { get; set; } = [];

    public string? Title { get; set; }

    public string? Description { get; set; }

    /// <summary>By channel; empty is as everywhere.</summary>
    public Dictionary<Guid, string?> Titles { get; set; } = [];

    /// <summary>By channel; empty is as everywhere.</summary>
    public Dictionary<Guid, string?> Descriptions { get; set; } = [];

    /// <summary>The line that a Creative Commons source asks for stands under the description.</summary>
    public bool AddCredit { get; set; }

    /// <summary>Between commas.</summary>
    public string? Tags { get; set; }

    public string? CategoryId { get; set; } = PublishRules.DefaultCategory;

    public string? Licence { get; set; } = EnumText<VideoLicence>.Of(VideoLicence.Standard);

    public bool MadeForKids { get; set; }

    public string? Privacy { get; set; } = EnumText<VideoPrivacy>.Of(VideoPrivacy.Private);

    /// <summary>As the browser's field writes it, by the clocks of <see cref="TimeZone"/>.</summary>
    public string? PublishAt { get; set; }

    /// <summary>Such as Europe/Berlin.</summary>
    public string? TimeZone { get; set; }

    /// <summary>Of the frame that is to be the thumbnail: seconds, or minutes and seconds.</summary>
    public string? FrameAt { get; set; }

    public bool RightsStatement { get; set; }

    /// <summary>What the form says at first.</summary>
    public static PublishForm For(DownloadRow file) => new() { Title = Suggest(file.Title), AddCredit = CreditLine(file) is not null };

    /// <summary>What is to be changed of an upload.</summary>
    /// <param name="upload">As it is.</param>
    /// <param name="zone">Whose clocks show its time; null for UTC.</param>
    public static PublishForm For(UploadRow upload, TimeZoneInfo? zone) => new()
    {
        Title = upload.Title,
        Description = upload.Description,
        Tags = string.Join(", ", upload.Tags),
        CategoryId = upload.CategoryId,
        Licence = EnumText<VideoLicence>.Of(upload.VideoLicence),
        MadeForKids = upload.MadeForKids,
        Privacy = EnumText<VideoPrivacy>.Of(upload.Privacy),
        PublishAt = upload.PublishAt is { } at ? TimeZoneInfo.ConvertTime(at, zone ?? TimeZoneInfo.Utc).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture) : null,
        // A time that is shown is by clocks that are named.
        TimeZone = zone?.Id ?? (upload.PublishAt is null ? null : TimeZoneInfo.Utc.Id),
    };

    /// <summary>What a draft has kept; null when this version does not understand it.</summary>
    public static PublishForm? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<PublishForm>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string Write() => JsonSerializer.Serialize(this);

    /// <summary>What a Creative Commons source asks to be named with; null for any other.</summary>
    public static string? CreditLine(DownloadRow file) => file.Licence?.Contains("creative", StringComparison.OrdinalIgnoreCase) == true
        ? $"“{Plain(file.Title)}” by {Plain(file.CreatorName ?? "unknown")}, {file.SourceVideoUrl}, licensed under Creative Commons Attribution."
        : null;

    /// <summary>The zone whose clocks are meant; UTC for one that nobody knows.</summary>
    internal TimeZoneInfo Zone => ZonedTime.Find(TimeZone) ?? TimeZoneInfo.Utc;

    /// <summary>What the clock is to show when the video becomes public; null when the field is empty, or no time.</summary>
    internal DateTime? Wall =>
        DateTime.TryParse(PublishAt, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) ? wall : null;

    /// <summary>The frame's second; null when the field is no time.</summary>
    internal double? FrameSecond
    {
        get
        {
            var parts = (FrameAt ?? "").Split(':');
            var second = 0d;
            foreach (var part in parts)
            {
                if (parts.Length > 3 || !double.TryParse(part.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                    return null;
                second = (second * 60) + number;
            }

            return second;
        }
    }

    /// <summary>What is wrong with the time, as a sentence; null when nothing is.</summary>
    internal string? TimeProblem
    {
        get
        {
            if (string.IsNullOrEmpty(PublishAt))
                return null;
            if (Wall is not { } wall)
                return "Enter date and time, such as 2027-01-31T18:00.";
            if (!string.IsNullOrEmpty(TimeZone) && ZonedTime.Find(TimeZone) is null)
                return $"TrendVault does not know the clocks of {TimeZone}: choose another zone.";
            return ZonedTime.At(wall, Zone) is null
                ? string.Create(CultureInfo.InvariantCulture, $"On {wall:d MMMM yyyy} no clock of {Zone.Id} shows {wall:HH:mm}: they go forward over it. Choose an hour earlier or later.")
                : null;
        }
    }

    /// <summary>True when the time comes twice that night.</summary>
    internal bool IsTwice => Wall is { } wall && ZonedTime.IsTwice(wall, Zone);

    /// <summary>What is said of a video.</summary>
    /// <param name="file">For the line that its source asks for; null when there is none to add.</param>
    public PublishDraft ToDraft(DownloadRow? file) => new()
    {
        Title = Title ?? "",
        Description = Describe(Description ?? "", file),
        Tags = PublishRules.SplitTags(Tags),
        Privacy = EnumText<VideoPrivacy>.TryParse(Privacy, out var privacy) ? privacy : null,
        CategoryId = CategoryId ?? "",
        Licence = EnumText<VideoLicence>.TryParse(Licence, out var licence) ? licence : null,
        MadeForKids = MadeForKids,
        PublishAt = Wall is { } wall ? ZonedTime.At(wall, Zone) : null,
    };

    public UploadRequest ToRequest(DownloadRow file, string? thumbnailKey, string? watermarkKey, string? key) => new()
    {
        DownloadId = file.Id,
        ChannelIds = ChannelIds,
        Draft = ToDraft(file),
        Words = ChannelIds.Distinct().ToDictionary(id => id, id => new ChannelWords(TextOf(Titles, id), TextOf(Descriptions, id) is { } text ? Describe(text, file) : null)),
        RightsStatement = RightsStatement ? UploadService.RightsStatement : "",
        ThumbnailKey = thumbnailKey,
        WatermarkKey = watermarkKey,
        IdempotencyKey = key,
    };

    /// <summary>What the button does: "Schedule on 2 channels for Tue 24 Nov 18:00 Europe/Berlin".</summary>
    internal string Action
    {
        get
        {
            var channels = ChannelIds.Distinct().Count();
            var where = channels == 0 ? "" : channels == 1 ? " on 1 channel" : $" on {channels} channels";
            return Wall is { } wall && TimeProblem is null
                ? string.Create(CultureInfo.InvariantCulture, $"Schedule{where} for {wall:ddd d MMM HH:mm} {Zone.Id}")
                : $"Publish{where}";
        }
    }

    // Browsers send the lines of a text area with CR LF, which would count twice.
    private string Describe(string text, DownloadRow? file)
    {
        var description = text.ReplaceLineEndings("\n");
        return AddCredit && file is not null && CreditLine(file) is { } credit && !description.Contains(credit, StringComparison.Ordinal)
            ? $"{description.TrimEnd()}\n\n{credit}".TrimStart()
            : description;
    }

    private static string? TextOf(Dictionary<Guid, string?> texts, Guid channelId) =>
        string.IsNullOrWhiteSpace(texts.GetValueOrDefault(channelId)) ? null : texts[channelId];

    private static string Plain(string text) => string.Concat(text.Where(letter => letter is not ('<' or '>') && !char.IsControl(letter))).Trim();

    private static string Suggest(string title)
    {
        var clean = Plain(title);
        if (clean.Length <= PublishRules.TitleLength)
            return clean;
        // Not between the two halves of one character.
        var end = char.IsHighSurrogate(clean[PublishRules.TitleLength - 1]) ? PublishRules.TitleLength - 1 : PublishRules.TitleLength;
        return clean[..end];
    }
}

/// <summary>A field for a title or a description.</summary>
/// <param name="Name">As the form sends it.</param>
/// <param name="Label">As people call it.</param>
/// <param name="Value">What was typed.</param>
internal sealed record TextField(string Name, string Label, string? Value)
{
    public string Id { get; private init; } = Name;

    /// <summary>What an empty field means; null where it means nothing.</summary>
    public string? Placeholder { get; private init; }

    /// <summary>For what is said on one channel alone.</summary>
    public static TextField On(PublishingChannel channel, string name, string label, Dictionary<Guid, string?> texts) =>
        new($"{name}[{channel.Id}]", $"{label} on {channel.ChannelName}", texts.GetValueOrDefault(channel.Id))
        {
            Id = $"{name}-{channel.Id}",
            Placeholder = "as above",
        };
}

/// <summary>How the video will look on a platform.</summary>
/// <param name="Platform">Which one.</param>
/// <param name="ChannelName">Whose video it will be.</param>
/// <param name="Title">As it is typed.</param>
/// <param name="Picture">Where its picture is; null for none.</param>
internal sealed record Preview(Platform Platform, string ChannelName, string? Title, string? Picture);

/// <summary>What stands beside the form: the previews, the checks, and the word on its button.</summary>
/// <param name="Previews">One for each platform that is chosen.</param>
/// <param name="Items">The preflight list.</param>
/// <param name="Action">What the button does.</param>
/// <param name="IsNews">It comes by itself, after the form was saved: the button is told, too.</param>
internal sealed record Checks(IReadOnlyList<Preview> Previews, IReadOnlyList<PreflightItem> Items, string Action, bool IsNews);
