using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tppo.Core.Settings;

/// <summary>
/// Values of a kind as one name in snake_case: no numbers, no lists. .NET's own converter takes "signed,paper_literal" for the
/// one value whose number both make together.
/// </summary>
internal sealed class OneNameConverter : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert))!;

    private sealed class Converter<T> : JsonConverter<T>
        where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String && OneName.TryParse<T>(reader.GetString(), out var value)) return value;
            var found = reader.TokenType == JsonTokenType.String ? $"\"{reader.GetString()}\"" : $"a {reader.TokenType}";
            throw new JsonException($"expected {OneName.Choices<T>()}, found {found}");
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(OneName.Of(value));
    }
}
