using System.Text;

namespace TrendVault.Core.Storage;

/// <summary>The rule for keys, the same for every store, so that a key which one takes is a key for all.</summary>
internal static class ObjectKey
{
    private const int MaxBytes = 1024;
    private const int MaxSegmentBytes = 255;

    /// <summary>Answers the key.</summary>
    /// <exception cref="ArgumentException">It is none: a fault of the program, since keys are made by TrendVault alone.</exception>
    public static string Check(string key) =>
        Encoding.UTF8.GetByteCount(key) <= MaxBytes && key.Split('/').All(IsSegment) ? key : throw new ArgumentException($"\"{key}\" is no key of an object.", nameof(key));

    private static bool IsSegment(string segment) =>
        segment is not ("" or "." or "..") && Encoding.UTF8.GetByteCount(segment) <= MaxSegmentBytes && !segment.Any(c => char.IsControl(c) || c == '\\');
}
