using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tppo.Core.Text;

namespace Tppo.Cli;

/// <summary>Log lines on stderr, as text or one JSON object a line: stdout belongs to results.</summary>
internal sealed class StderrLogger(LogLevel least, bool json) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, least, json);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, LogLevel least, bool json) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var message = Printable.Of(formatter(state, exception));
            Console.Error.WriteLine(json
                ? JsonSerializer.Serialize(
                    new
                    {
                        time = DateTimeOffset.UtcNow,
                        level = logLevel.ToString().ToLowerInvariant(),
                        id = eventId.Id,
                        category,
                        message,
                        exception = exception?.ToString(),
                    })
                : $"{logLevel.ToString().ToLowerInvariant()}: {message}");
        }
    }
}
