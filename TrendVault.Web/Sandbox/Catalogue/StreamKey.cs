namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>An endless row of videos, one entering every few minutes: those of a region (or of the whole world) in a category.</summary>
internal readonly record struct StreamKey(int Region, int Category)
{
    /// <summary>Hits that stand in every region's charts.</summary>
    public const int World = 15;

    // Far enough back that every number fits the ids, whatever clock a test sets.
    private static readonly DateTimeOffset Epoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How long a video stays in the charts.</summary>
    public static TimeSpan Life { get; } = TimeSpan.FromHours(24);

    private TimeSpan Pace => TimeSpan.FromMinutes(Region == World ? 24 : 8);

    public Dice DiceOf(int number) => Dice.Of(Region, Category, number);

    /// <summary>When the video enters the charts.</summary>
    public DateTimeOffset EntryOf(int number) => Epoch + (Pace * (number + DiceOf(number).Unit("entry")));

    /// <summary>The videos that entered in the <paramref name="span"/> before <paramref name="now"/>.</summary>
    public IEnumerable<int> NumbersWithin(TimeSpan span, DateTimeOffset now)
    {
        var last = (int)((now - Epoch) / Pace);
        for (var number = last; number >= 0 && EntryOf(number) > now - span; number--)
        {
            if (EntryOf(number) <= now)
                yield return number;
        }
    }
}
