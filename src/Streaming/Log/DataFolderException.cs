namespace Tppo.Streaming.Log;

/// <summary>The data folder is not what was expected: another format version, another layout, or no data folder at all.</summary>
public sealed class DataFolderException : LogException
{
    /// <summary>Without a message.</summary>
    public DataFolderException()
    {
    }

    /// <summary>With a one-line message.</summary>
    public DataFolderException(string message)
        : base(message)
    {
    }

    /// <summary>With a one-line message and its cause.</summary>
    public DataFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
