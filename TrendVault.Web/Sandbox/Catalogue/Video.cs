namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>A video of the catalogue, as it stays: what changes with time is in <see cref="Counts"/>.</summary>
internal sealed record Video
{
    public required string Id { get; init; }

    public required Channel Channel { get; init; }

    public required Tongue Tongue { get; init; }

    public required Dice Dice { get; init; }

    public required int Category { get; init; }

    // The words are made when they are asked for: a search looks at thousands of videos and shows fifty.
    public string Title => field ??= Wording.Title(Tongue, Category, Dice);

    public string Description => field ??= Wording.Description(Tongue, Category, Title, Dice);

    public IReadOnlyList<string> Tags => field ??= Wording.TagsOf(Tongue, Dice);

    public string Language => Tongue.Code;

    public required TimeSpan Duration { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    public required bool CreativeCommons { get; init; }

    public required bool LikesHidden { get; init; }

    public required bool CommentsOff { get; init; }

    public required bool HasLargeThumbnails { get; init; }

    public required bool HasHugeThumbnails { get; init; }

    /// <summary>Goes on still, and so has no length.</summary>
    public required bool IsLive { get; init; }

    public required bool IsVertical { get; init; }

    /// <summary>Where it is not to be seen.</summary>
    public required IReadOnlyList<string> BlockedIn { get; init; }

    public required bool Captioned { get; init; }

    public required bool MadeForKids { get; init; }
}

/// <summary>How often a video was seen, liked and talked about by a moment. They only grow.</summary>
internal readonly record struct Counts(long Views, long Likes, long Comments);

/// <summary>A channel of the catalogue.</summary>
internal sealed record Channel(string Id, string Title, string Language)
{
    public string Handle => "@" + Id[2..10].ToLowerInvariant();

    public long Subscribers => (long)Math.Pow(10, 3.5 + (4.2 * Dice.Named(Id).Unit("subscribers")));
}
