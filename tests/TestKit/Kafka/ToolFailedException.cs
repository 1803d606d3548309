namespace Tppo.TestKit;

/// <summary>The broker's script, or one of Kafka's tools, ended with another exit code than 0.</summary>
public sealed class ToolFailedException : Exception
{
    public ToolFailedException()
    {
    }

    public ToolFailedException(string message)
        : base(message)
    {
    }

    public ToolFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
