namespace TrendVault.Core.Media;

/// <summary>The last of what a program said, within a limit.</summary>
internal sealed class TailText(int limit)
{
    private readonly Queue<string> _lines = new();
    private int _length;

    public void Add(string line)
    {
        line = CleanText.Cut(line, limit);
        _lines.Enqueue(line);
        _length += line.Length + 1;
        while (_length > limit && _lines.Count > 1)
            _length -= _lines.Dequeue().Length + 1;
    }

    public override string ToString() => string.Join('\n', _lines);
}
