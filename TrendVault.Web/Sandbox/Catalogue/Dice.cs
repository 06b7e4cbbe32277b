namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>
/// Chance that always falls the same way: the same seed and the same question give the same answer, in every process. So the whole
/// catalogue needs no storage, and a video seen yesterday can be asked for by its id today.
/// </summary>
internal readonly record struct Dice(ulong Seed)
{
    public static Dice Of(params ReadOnlySpan<long> parts)
    {
        var seed = 0x9E3779B97F4A7C15UL;
        foreach (var part in parts)
            seed = Mix(seed ^ (ulong)part);
        return new Dice(seed);
    }

    public static Dice Named(string name) => new(new Dice(0).Roll(name));

    public ulong Roll(string question)
    {
        var hash = 0xCBF29CE484222325UL ^ Seed;
        foreach (var letter in question)
            hash = (hash ^ letter) * 0x100000001B3UL;
        return Mix(hash);
    }

    /// <summary>From 0 up to, never reaching, 1.</summary>
    public double Unit(string question) => (Roll(question) >> 11) * (1.0 / (1UL << 53));

    /// <summary>True once in <paramref name="n"/> times.</summary>
    public bool OneIn(int n, string question) => Roll(question) % (ulong)n == 0;

    /// <summary>Both ends included.</summary>
    public int Between(int low, int high, string question) => low + (int)(Roll(question) % (ulong)(high - low + 1));

    public T Pick<T>(IReadOnlyList<T> choices, string question) => choices[(int)(Roll(question) % (ulong)choices.Count)];

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15UL;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
