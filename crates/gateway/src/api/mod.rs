//! What the two APIs say, as far as a gateway has to understand it: which request asks for what,
//! how an answer counts tokens, how a stream ends, and how each API's clients expect an error.

mod ask;
mod counts;
mod error;
mod stream;

pub use ask::{Ask, BadAsk, MODEL_BYTES_MAX, Prepared};
pub use counts::Counts;
pub use error::{Answer, Refused};
pub use stream::{Reader, Said};

/// One of the calls that a gateway takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Surface {
    /// OpenAI, `/v1/chat/completions`.
    Chat,
    /// OpenAI, `/v1/completions`.
    Completions,
    /// OpenAI, `/v1/embeddings`.
    Embeddings,
    /// OpenAI, `/v1/responses`.
    Responses,
    /// Anthropic, `/v1/messages`.
    Messages,
    /// Anthropic, `/v1/messages/count_tokens`.
    CountTokens,
}

/// Whose API a call is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// OpenAI's.
    OpenAi,
    /// Anthropic's.
    Anthropic,
}

/// What an engine can be asked for beyond the API, so that a stream that is cut is still counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Dialect {
    /// Nothing: counts come with the end of a stream alone.
    #[default]
    Plain,
    /// vLLM and SGLang: counts with every chunk, by `stream_options.continuous_usage_stats`.
    Continuous,
    /// llama.cpp: counts with every chunk, by `timings_per_token`.
    Timings,
}

impl Surface {
    /// Every one of them.
    pub const ALL: [Surface; 6] = [
        Surface::Chat,
        Surface::Completions,
        Surface::Embeddings,
        Surface::Responses,
        Surface::Messages,
        Surface::CountTokens,
    ];

    /// The path that it is called by.
    pub const fn path(self) -> &'static str {
        match self {
            Surface::Chat => "/v1/chat/completions",
            Surface::Completions => "/v1/completions",
            Surface::Embeddings => "/v1/embeddings",
            Surface::Responses => "/v1/responses",
            Surface::Messages => "/v1/messages",
            Surface::CountTokens => "/v1/messages/count_tokens",
        }
    }

    /// The call that `path` stands for.
    pub fn of_path(path: &str) -> Option<Surface> {
        Surface::ALL.into_iter().find(|surface| surface.path() == path)
    }

    /// Whose API it is of.
    pub const fn family(self) -> Family {
        match self {
            Surface::Messages | Surface::CountTokens => Family::Anthropic,
            _ => Family::OpenAi,
        }
    }
}
