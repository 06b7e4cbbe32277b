using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace TrendVault.Web;

/// <summary>
/// The console's log in the framework's own formats, written many lines at a time: with a write for each line the log is what a
/// busy instance waits for. No line is dropped; who logs waits while a reader of the output is far behind.
/// </summary>
[ProviderAlias("Console")]
internal sealed class LogLines : ILoggerProvider, ISupportExternalScope
{
    private const int MostWaiting = 1024 * 1024;

    // In which more lines gather: a writer that is woken for each costs more than the line.
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(20);

    private readonly ConsoleFormatter _formatter;
    private readonly StreamWriter _output = new(Console.OpenStandardOutput());
    private readonly object _lock = new(); // waited on
    private readonly Thread _writer;
    private StringBuilder _waiting = new();
    private StringBuilder _written = new();
    private bool _ends;
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public LogLines(IEnumerable<ConsoleFormatter> formatters, IOptions<ConsoleLoggerOptions> options)
    {
        _formatter = formatters.Single(formatter => formatter.Name == options.Value.FormatterName);
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        lock (_lock)
        {
            _ends = true;
            Monitor.PulseAll(_lock);
        }

        _writer.Join();
        _output.Dispose();
    }

    private void Add(StringBuilder line)
    {
        lock (_lock)
        {
            while (_waiting.Length > MostWaiting && !_ends)
                Monitor.Wait(_lock);
            _waiting.Append(line);
            if (_waiting.Length == line.Length)
                Monitor.PulseAll(_lock);
        }
    }

    private void Write()
    {
        while (Take())
        {
            try
            {
                _output.Write(_written);
                _output.Flush();
            }
            catch (IOException)
            {
                // A full disk behind the output must not stop the app; there is nobody else to tell.
            }
        }
    }

    /// <summary>All that waits, or false at the end.</summary>
    private bool Take()
    {
        _written.Clear();
        lock (_lock)
        {
            while (_waiting.Length == 0 && !_ends)
                Monitor.Wait(_lock);
            if (!_ends)
                Monitor.Wait(_lock, Lag);
            (_waiting, _written) = (_written, _waiting);
            Monitor.PulseAll(_lock);
            return _written.Length > 0;
        }
    }

    private sealed class Lines(LogLines log, string category) : ILogger
    {
        [ThreadStatic]
        private static StringWriter? _line;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = _line ??= new StringWriter();
            log._formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), log._scopes, line);
            log.Add(line.GetStringBuilder());
            line.GetStringBuilder().Clear();
        }
    }
}
