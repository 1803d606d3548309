namespace Tppo.Streaming.Log;

/// <summary>Another process has the data folder open for writing; the message names it.</summary>
public sealed class LogInUseException : LogException
{
    /// <summary>Without a message.</summary>
    public LogInUseException()
    {
    }

    /// <summary>With a one-line message.</summary>
    public LogInUseException(string message)
        : base(message)
    {
    }

    /// <summary>With a one-line message and its cause.</summary>
    public LogInUseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
