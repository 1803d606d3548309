namespace Tppo.JudgeServer.Requests;

/// <summary>A request that is not answered, in the words of OpenAI's errors.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">Kind of error.</param>
/// <param name="code">Which one; null: no name for it.</param>
/// <param name="message">What was expected and what was found.</param>
internal sealed class RequestException(int status, string type, string? code, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status => status;

    /// <summary>Kind of error.</summary>
    public string Type => type;

    /// <summary>Which one.</summary>
    public string? Code => code;

    /// <summary>Something in it is not as it must be.</summary>
    public static RequestException Invalid(string message) => new(400, "invalid_request_error", null, message);

    /// <summary>It asks for a model that is not here.</summary>
    public static RequestException NoModel(string asked, string here) =>
        new(404, "invalid_request_error", "model_not_found", $"model '{asked}': expected '{here}'");

    /// <summary>Its messages and its answer are more than the model can read.</summary>
    public static RequestException TooLong(int most, int asked) => new(
        400, "invalid_request_error", "context_length_exceeded",
        $"This model's maximum context length is {most} tokens. However, you requested {asked} tokens. Please reduce the length of the messages.");

    /// <summary>Too many wait already.</summary>
    public static RequestException Busy(int waiting) => new(429, "server_busy", "server_busy", $"{waiting} requests wait already: ask again in a while");
}
