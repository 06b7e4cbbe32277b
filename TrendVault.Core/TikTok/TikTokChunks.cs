namespace TrendVault.Core.TikTok;

/// <summary>
/// How a file is cut for TikTok: equal chunks in order, of which the last takes the remainder and may be almost twice as long, for
/// there is no short tail.
/// </summary>
/// <param name="Size">Bytes of the file.</param>
/// <param name="ChunkSize">Bytes of every chunk but the last.</param>
/// <param name="Count">Of chunks.</param>
internal sealed record TikTokChunks(long Size, long ChunkSize, int Count)
{
    /// <summary>The plan for a file.</summary>
    /// <param name="size">At least 1.</param>
    /// <param name="most">The longest that a chunk may be, the last one aside.</param>
    public static TikTokChunks Of(long size, long most)
    {
        var chunk = Math.Min(size, most);
        return new TikTokChunks(size, chunk, (int)(size / chunk));
    }

    /// <summary>The end, exclusive, of the chunk that begins at a boundary.</summary>
    public long EndOf(long start) => start / ChunkSize == Count - 1 ? Size : start + ChunkSize;

    /// <summary>
    /// The boundary to go on from. TikTok's documents leave open whether it tells the number of bytes or the last one's, so one less
    /// than a boundary counts as that boundary.
    /// </summary>
    public long From(long stored)
    {
        if (stored > 0 && stored >= Size - 1)
            return Size;
        return Math.Min((stored + 1) / ChunkSize, Count - 1) * ChunkSize;
    }
}
