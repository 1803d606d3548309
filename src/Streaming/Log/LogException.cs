namespace Tppo.Streaming.Log;

/// <summary>What went wrong with the log, in one line that a user can act on.</summary>
public class LogException : Exception
{
    /// <summary>Without a message.</summary>
    public LogException()
    {
    }

    /// <summary>With a one-line message.</summary>
    public LogException(string message)
        : base(message)
    {
    }

    /// <summary>With a one-line message and its cause.</summary>
    public LogException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
