namespace Tppo.TestKit;

/// <summary>There is no broker to test with. xunit takes it as a skip by the mark that its message begins with.</summary>
public sealed class BrokerMissingException : Exception
{
    public BrokerMissingException()
    {
    }

    public BrokerMissingException(string message)
        : base(message)
    {
    }

    public BrokerMissingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
