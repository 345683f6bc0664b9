use std::net::TcpListener;

use super::place;

#[test]
fn healthcheck_fails_with_a_sentence_when_nothing_listens() {
    // A port that was free a moment ago; nothing else on the machine is given it this soon.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    place()
        .run(&["healthcheck", "--listen", &address])
        .failed(1)
        .says(&format!("No healthy server at http://{address}: "));
}

#[test]
fn healthcheck_asks_the_configured_address_and_passes_on_a_bad_answer() {
    use std::io::{Read, Write};

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in ["200 OK", "503 Service Unavailable"] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            asked.push(String::from_utf8_lossy(&request[..length]).lines().next().unwrap_or_default().to_owned());
            write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n").unwrap();
        }
        asked
    });
    // A server on all addresses is asked on the loopback address.
    let place = place().variable("TIDINGS__SERVER__LISTEN", &format!("0.0.0.0:{port}"));
    place.run(&["healthcheck"]).succeeded().says("healthy");
    place.run(&["healthcheck"]).failed(1).says("answered 503");
    assert_eq!(server.join().unwrap(), ["GET /healthz HTTP/1.1", "GET /healthz HTTP/1.1"]);
}
